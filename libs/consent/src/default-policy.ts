import type { Language } from '@sotto/protocol';

/**
 * The notice an account starts with, so that the first chat has one. It says what the widget does as
 * it comes; the owner replaces it with their own.
 */
export const defaultPolicy = (controller: string): Record<Language, string> => ({
  en: `${controller} is responsible for your data in this chat.

We use what you write, and your name and e-mail address if you give them, only to answer you. Nothing is stored before you agree. We do not track you and do not pass your data on.

What you write is kept until we delete the conversation or you ask us to. You can withdraw your consent in the menu of this chat at any time; from then on we process nothing more. Ask us here for a copy of your data, a correction or its deletion. You may also complain to your data protection authority.`,
  de: `Für Ihre Daten in diesem Chat ist ${controller} verantwortlich.

Was Sie schreiben, und Ihren Namen und Ihre E-Mail-Adresse, falls Sie sie angeben, verwenden wir nur, um Ihnen zu antworten. Vor Ihrer Zustimmung wird nichts gespeichert. Wir verfolgen Sie nicht und geben Ihre Daten nicht weiter.

Was Sie schreiben, bleibt gespeichert, bis wir die Unterhaltung löschen oder Sie uns darum bitten. Ihre Zustimmung können Sie jederzeit im Menü dieses Chats widerrufen; danach verarbeiten wir nichts mehr. Eine Kopie Ihrer Daten, ihre Berichtigung oder Löschung können Sie hier verlangen. Sie können sich auch bei Ihrer Datenschutzbehörde beschweren.`,
  sl: `Za vaše podatke v tem klepetu je odgovoren ${controller}.

To, kar napišete, ter vaše ime in e-poštni naslov, če ju navedete, uporabljamo samo zato, da vam odgovorimo. Pred vašim soglasjem ne shranimo ničesar. Ne sledimo vam in vaših podatkov ne posredujemo.

Napisano hranimo, dokler pogovora ne izbrišemo ali dokler tega ne zahtevate. Soglasje lahko kadar koli prekličete v meniju tega klepeta; od takrat ne obdelujemo ničesar več. Tu lahko zahtevate kopijo svojih podatkov, popravek ali izbris. Pritožite se lahko tudi nadzornemu organu za varstvo podatkov.`,
  zh: `${controller} 对您在此聊天中的数据负责。

您填写的内容，以及您自愿提供的姓名和电子邮件地址，仅用于答复您。在您同意之前，我们不会存储任何内容。我们不会跟踪您，也不会将您的数据转交他人。

聊天内容会保留到我们删除对话或您要求删除为止。您可以随时在此聊天的菜单中撤回同意，此后我们将不再处理您的数据。您可以在这里索取数据副本、要求更正或删除，也可以向数据保护机构投诉。`,
  ar: `‏${controller} هي الجهة المسؤولة عن بياناتك في هذه المحادثة.

نستخدم ما تكتبه، واسمك وبريدك الإلكتروني إن قدمتهما، للرد عليك فقط. لا يُخزَّن أي شيء قبل موافقتك. لا نتتبعك ولا ننقل بياناتك إلى غيرنا.

يُحفظ ما تكتبه إلى أن نحذف المحادثة أو تطلب منا ذلك. يمكنك سحب موافقتك في أي وقت من قائمة هذه المحادثة، وبعدها لا نعالج أي شيء. ويمكنك هنا طلب نسخة من بياناتك أو تصحيحها أو حذفها، كما يمكنك تقديم شكوى إلى هيئة حماية البيانات.`,
});

/** What consent is asked for, until the owner changes it. */
export const defaultPurposes = [{ id: 'support', required: true, label: 'Answering you in this chat' }];

import { Title } from '@mantine/core';
import type { ConversationView } from '@sotto/protocol';
import { Email, Line } from '@sotto/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { useDesk } from '../live/desk-context';
import type { ViewName } from '../live/views';
import { useMay } from '../session/session';
import { inboxesQuery } from '../settings/queries';
import { contactName } from '../words/names';
import { dateOf, moment } from '../words/time';
import classes from './contact-panel.module.css';
import { EditInPlace } from './edit-in-place';
import { needsLook } from './why';
import { WhySection } from './why-section';

/** The person beside the conversation. */
export function ContactPanel({ conversation, view }: { conversation: ConversationView; view: ViewName }) {
  const { t, i18n } = useTranslation();
  const desk = useDesk();
  const mayUpdate = useMay('contact.update');
  const mayTeach = useMay('screening.teach');
  const { contact, inboxId, createdAt } = conversation;
  const inbox = useQuery(inboxesQuery).data?.items.find(({ id }) => id === inboxId);
  const save = async (patch: { name?: string | null; email?: string | null }) =>
    desk.conversations.contactChanged(await api.updateContact(contact.id, patch));

  return (
    <div className={classes.panel}>
      <Title order={3} className={classes.title}>
        {contactName(t, conversation)}
      </Title>
      <Field label={t('contact.name')}>
        <EditInPlace
          value={contact.name}
          label={t('contact.name')}
          edit={t('contact.editName')}
          add={t('contact.addName')}
          readOnly={!mayUpdate}
          check={(value) => (Line(120).safeParse(value).success ? null : t('fields.tooLong'))}
          onSave={(name) => save({ name })}
        />
      </Field>
      <Field label={t('contact.email')}>
        <EditInPlace
          value={contact.email}
          label={t('contact.email')}
          edit={t('contact.editEmail')}
          add={t('contact.addEmail')}
          type="email"
          readOnly={!mayUpdate}
          check={(value) => (Email.safeParse(value).success ? null : t('fields.email'))}
          onSave={(email) => save({ email })}
        />
      </Field>
      <div className={classes.section}>
        <Field label={t('contact.since')}>
          <p className={classes.plain}>{dateOf(contact.createdAt, i18n.language)}</p>
        </Field>
        {inbox && (
          <Field label={t('contact.fromInbox')}>
            <p className={classes.plain}>{inbox.name}</p>
          </Field>
        )}
        <Field label={t('contact.started')}>
          <p className={classes.plain}>{moment(createdAt, i18n.language)}</p>
        </Field>
      </div>
      <Conversations conversation={conversation} view={view} />
      {mayTeach && !needsLook(conversation) && <WhySection conversation={conversation} />}
      <Consent contactId={contact.id} />
    </div>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.field}>
      <p className={classes.label}>{label}</p>
      {children}
    </div>
  );
}

/** What the person agreed to and took back, newest first, as their receipts say. */
function Consent({ contactId }: { contactId: string }) {
  const { t, i18n } = useTranslation();
  const receipts = useQuery({ queryKey: ['receipts-of', contactId], queryFn: ({ signal }) => api.receipts(contactId, signal) }).data?.items;
  return (
    <div className={classes.section}>
      <Field label={t('contact.consent')}>
        {receipts?.length === 0 && <p className={classes.plain}>{t('contact.consentNone')}</p>}
        {receipts?.map(({ id, event, policyVersion, at, purposes }) => (
          <p key={id} className={classes.plain} title={t('contact.consentFor', { list: purposes.join(', ') })}>
            {t(event === 'given' ? 'contact.consentGiven' : 'contact.consentWithdrawn', {
              version: policyVersion,
              when: moment(at, i18n.language),
            })}
          </p>
        ))}
      </Field>
    </div>
  );
}

/** Every conversation of the person. */
function Conversations({ conversation, view }: { conversation: ConversationView; view: ViewName }) {
  const { t } = useTranslation();
  const contactId = conversation.contact.id;
  const found = useQuery({
    queryKey: ['conversations-of', contactId],
    queryFn: ({ signal }) => api.conversations({ contact: contactId, limit: 8 }, signal),
  });
  const all = found.data?.items.some(({ id }) => id === conversation.id) ? found.data.items : [conversation];
  return (
    <section className={classes.section}>
      <Title order={4} fw={550}>
        {t('contact.conversations')}
      </Title>
      <ul className={classes.links}>
        {all.map((one) => {
          const content = (
            <>
              <span className={classes.linkNumber}>#{one.number}</span>
              <span className={classes.linkText}>
                {one.id === conversation.id ? t('contact.thisOne') : (one.lastMessage?.preview ?? t('list.noMessage'))}
              </span>
            </>
          );
          return (
            <li key={one.id}>
              {one.id === conversation.id ? (
                <span className={classes.link}>{content}</span>
              ) : (
                <Link to="/inbox/$view/$id" params={{ view: one.status === 'spam' ? 'spam' : view, id: one.id }} className={classes.link}>
                  {content}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What the filter is taught in tests. */
export const SPAM = [
  'Congratulations, you won a free prize worth 900 dollars, claim it now at http://win.example/claim',
  'Cheap pills without prescription, order today at http://pills.example and save 80 percent',
  'Make money fast from home, earn 5000 dollars a week, visit http://money.example now',
  'URGENT your account won the lottery, send your details to claim the prize at http://win.example',
  'Hot singles are waiting for you tonight, click http://dates.example for free registration',
  'Best SEO service, first page on Google guaranteed, buy backlinks cheap http://seo.example',
];
export const HAM = [
  'Hello, where is my parcel? I ordered last week and have heard nothing since.',
  'I cannot log in any more, the page says my password is wrong. Can you help me?',
  'Could you send me the invoice for October again, please? I need it for accounting.',
  'The blue jacket arrived with a broken zip. How do I send it back?',
  'Do you also deliver to Austria, and how long does that take?',
  'Thank you for the quick answer yesterday, everything works now.',
];

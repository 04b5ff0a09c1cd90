/** Parts of the page on the spam filter, as its address names them. */
export const FILTER_PARTS = ['results', 'threshold', 'teachers', 'blocks'] as const;
export type FilterPart = (typeof FILTER_PARTS)[number];

/** Addresses end before closing punctuation, which belongs to the sentence. */
const ADDRESS = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}، 。，；！？）】]/giu;

/** Text as written, with web addresses to click. Never markup: every part is put in as text. */
export function LinkedText({ text }: { text: string }) {
  const parts = [];
  let from = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    if (!URL.canParse(address)) continue;
    parts.push(
      text.slice(from, index),
      <a href={address} target="_blank" rel="noopener noreferrer">
        {address}
      </a>,
    );
    from = index + address.length;
  }
  return [...parts, text.slice(from)];
}

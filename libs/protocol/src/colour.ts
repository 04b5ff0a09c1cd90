/**
 * Black or white, whichever can be read better on a colour such as #4f46e5: at least 4.5 to 1 (WCAG 2.2).
 * The exponent stands for the curve of sRGB; the error is smaller than what is to spare.
 */
export function readableOn(colour: string): '#fff' | '#000' {
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}

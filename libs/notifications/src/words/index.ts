import type { PanelLanguage } from '@sotto/protocol';
import { de } from './de.js';
import { en } from './en.js';
import type { Words } from './words.js';

export const WORDS: Readonly<Record<PanelLanguage, Words>> = { en, de };

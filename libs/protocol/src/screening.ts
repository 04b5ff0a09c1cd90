import { z } from 'zod';
import { Id, Line, PageQuery, Time } from './primitives.js';

/** What the filter makes of a conversation. `unsure` is delivered with a badge; `spam` waits in quarantine. */
export const Verdict = z.enum(['ham', 'unsure', 'spam']);
export type Verdict = z.infer<typeof Verdict>;

/** What a member says of a conversation. */
export const MemberVerdict = z.enum(['ham', 'spam']);
export type MemberVerdict = z.infer<typeof MemberVerdict>;

/**
 * Who decided: the filter by its score, a member, a block, or `trusted` (a known contact, an answer to our own mail, a
 * verified visitor: never screened). `flood`: a program sent it, since it filled in the field that no person sees.
 */
export const VerdictBy = z.enum(['filter', 'member', 'block', 'trusted', 'flood']);
export type VerdictBy = z.infer<typeof VerdictBy>;

/** What counts for a conversation now. */
export const ScreeningState = z.object({ verdict: Verdict, by: VerdictBy });
export type ScreeningState = z.infer<typeof ScreeningState>;

/** POST /conversations/:id/screening */
export const TeachInput = z.strictObject({ verdict: MemberVerdict });
export type TeachInput = z.infer<typeof TeachInput>;

/**
 * What became of a lesson. `learned`: the filter knows it. `held`: it waits for a second member or an owner, because it
 * contradicts what the filter is sure of, or because its teacher taught too much at once. `refused`: the twenty lessons it
 * belonged to made the filter worse and were taken back. `overruled`: somebody later said the opposite of the same conversation.
 */
export const LessonState = z.enum(['learned', 'held', 'refused', 'overruled']);
export type LessonState = z.infer<typeof LessonState>;
export const LessonReason = z.enum(['contradicts', 'too-many', 'harmful', 'overruled']);
export type LessonReason = z.infer<typeof LessonReason>;

const NamedMember = z.object({ id: Id, name: z.string() });

/** One lesson: who said what of which conversation. */
export const LessonView = z.object({
  id: Id,
  conversation: z.object({ id: Id, number: z.number().int() }).nullable(),
  verdict: MemberVerdict,
  member: NamedMember,
  state: LessonState,
  reason: LessonReason.nullable(),
  /** It went against a score the filter was sure of. */
  contradicted: z.boolean(),
  at: Time,
});
export type LessonView = z.infer<typeof LessonView>;

/** GET /screening/lessons, newest first. Of conversations the caller may not see, the number is left out. */
export const LessonQuery = PageQuery.extend({ member: Id.optional(), state: LessonState.optional() });
export type LessonQuery = z.infer<typeof LessonQuery>;

/** What a verdict did: to the conversation, and to the filter (null where there was no text to learn from). */
export const TeachAnswer = z.object({
  status: z.enum(['open', 'resolved', 'spam']),
  screening: ScreeningState.nullable(),
  lesson: z.object({ state: LessonState, reason: LessonReason.nullable() }).nullable(),
});
export type TeachAnswer = z.infer<typeof TeachAnswer>;

/** POST /screening/verdicts: the same verdict on many. */
export const BulkVerdict = z.strictObject({ conversationIds: z.array(Id).min(1).max(100), verdict: MemberVerdict });
export type BulkVerdict = z.infer<typeof BulkVerdict>;
/** POST /screening/verdicts/undo: takes back one's own verdicts. */
export const BulkUndo = z.strictObject({ conversationIds: z.array(Id).min(1).max(100) });
export type BulkUndo = z.infer<typeof BulkUndo>;
/** Each is done by itself; what failed says why. */
export const BulkAnswer = z.object({ done: z.array(Id), failed: z.array(z.object({ id: Id, code: z.string() })) });
export type BulkAnswer = z.infer<typeof BulkAnswer>;

/**
 * One reason for a score. `words`, `subject`: words as the filter read them, disguises undone. `header`: of a mail. `mark`: what
 * the message looks like as a whole, such as `links:2`. `prior`: what the filter knew before anybody taught it. `weight` above 0 speaks for spam. `spans`: where in the first message
 * the words stand, as offsets in UTF-16 code units; empty where they do not stand in it as they are.
 */
export const ScreeningReason = z.object({
  kind: z.enum(['words', 'subject', 'header', 'mark', 'prior']),
  text: z.string(),
  weight: z.number(),
  spans: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type ScreeningReason = z.infer<typeof ScreeningReason>;

/** GET /conversations/:id/screening. Computed when asked, from the message itself; nothing of it is stored. */
export const ScreeningExplanation = z.object({
  screening: ScreeningState.nullable(),
  /** The filter's own verdict when it came; null where it was never screened. */
  first: z.object({ verdict: Verdict, by: VerdictBy, score: z.number().nullable(), threshold: z.number().nullable(), at: Time }).nullable(),
  /** What the filter would say now. Log odds that it is spam: 0 is even. */
  now: z.object({ verdict: Verdict, score: z.number(), threshold: z.number() }).nullable(),
  /** Strongest first; empty where the filter knows too little. */
  reasons: z.array(ScreeningReason),
  lessons: z.array(LessonView),
  /** Why its sender is blocked, if it is. */
  block: z.object({ id: Id, reason: z.string() }).nullable(),
});
export type ScreeningExplanation = z.infer<typeof ScreeningExplanation>;

/** GET /screening/performance?days= */
export const PerformanceQuery = z.strictObject({ days: z.coerce.number().int().min(7).max(365).default(30) });
/** A day (UTC) by what came in on it. Counts of conversations. */
export const PerformanceDay = z.object({
  /** Such as 2026-11-27. */
  day: z.string(),
  screened: z.number().int(),
  /** Quarantined by the filter, and nobody said it was not spam. */
  caught: z.number().int(),
  /** Delivered, and a member said it was spam. */
  missed: z.number().int(),
  /** Quarantined by the filter, and a member said it was not spam. */
  wronglyQuarantined: z.number().int(),
  unsure: z.number().int(),
});
export type PerformanceDay = z.infer<typeof PerformanceDay>;
/** Every day of the span is there, oldest first. */
export const Performance = z.object({
  days: z.array(PerformanceDay),
  lessons: z.object({ spam: z.number().int(), ham: z.number().int() }),
});
export type Performance = z.infer<typeof Performance>;

/** What a threshold would have done to past lessons, by the scores they had before they were learned. */
export const ThresholdPoint = z.object({
  threshold: z.number(),
  /** Of the spam among them, how many would have been quarantined. */
  caught: z.number().int(),
  /** Of the ham among them, how many. */
  wronglyQuarantined: z.number().int(),
});
/** GET /screening/settings */
export const ScreeningSettings = z.object({
  /** Null: by itself, from the highest scores of ham. */
  threshold: z.number().nullable(),
  /** What counts now. */
  effective: z.number(),
  automatic: z.number(),
  /** Rising thresholds; `spam` and `ham` are how many lessons of each stand behind the counts, the newest 2,000 at most. */
  curve: z.object({ spam: z.number().int(), ham: z.number().int(), points: z.array(ThresholdPoint) }),
});
export type ScreeningSettings = z.infer<typeof ScreeningSettings>;
export const THRESHOLDS = { least: 1, most: 12, step: 0.5 } as const;
/** PUT /screening/settings */
export const ScreeningSettingsInput = z.strictObject({ threshold: z.number().min(THRESHOLDS.least).max(THRESHOLDS.most).nullable() });
export type ScreeningSettingsInput = z.infer<typeof ScreeningSettingsInput>;

/** GET /screening/teachers: who taught what. */
export const TeacherView = z.object({
  member: NamedMember,
  spam: z.number().int(),
  ham: z.number().int(),
  learned: z.number().int(),
  held: z.number().int(),
  refused: z.number().int(),
  overruled: z.number().int(),
  contradicted: z.number().int(),
  lastAt: Time,
});
export type TeacherView = z.infer<typeof TeacherView>;
export const Teachers = z.object({ items: z.array(TeacherView) });
/** POST /screening/teachers/:id/roll-back: the filter as if this member had never taught it. */
export const RolledBack = z.object({ removed: z.number().int() });
export type RolledBack = z.infer<typeof RolledBack>;

export const BlockKind = z.enum(['address', 'domain', 'ip']);
export type BlockKind = z.infer<typeof BlockKind>;
const days = z.number().int().min(1).max(3_650).nullable();
/**
 * POST /screening/blocks. An e-mail address, a domain (with all below it) or an IP address (of IPv6 its /64). Only a keyed
 * hash of it is stored, so the list cannot say what was blocked: `reason` should.
 */
export const NewBlock = z.strictObject({ kind: BlockKind, value: Line(254), reason: Line(200), days: days.default(null) });
export type NewBlock = z.input<typeof NewBlock>;
/** POST /screening/blocks/of-conversation: the address its contact gave. */
export const BlockSender = z.strictObject({ conversationId: Id, reason: Line(200), days: days.default(null) });
export type BlockSender = z.input<typeof BlockSender>;
export const BlockView = z.object({
  id: Id,
  kind: BlockKind,
  reason: z.string(),
  member: NamedMember.nullable(),
  createdAt: Time,
  /** Null: until it is taken off. */
  expiresAt: Time.nullable(),
});
export type BlockView = z.infer<typeof BlockView>;
/** POST /screening/blocks/check: the block that matches, if one does. */
export const BlockCheck = z.strictObject({ value: Line(254) });
export const BlockChecked = z.object({ block: BlockView.nullable() });
export type BlockChecked = z.infer<typeof BlockChecked>;

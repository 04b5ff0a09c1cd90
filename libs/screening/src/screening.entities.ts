import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { BlockKind, LessonReason, LessonState, MemberVerdict, Verdict, VerdictBy } from '@sotto/protocol';

/** What the filter said of a conversation when it came, and what a member says of it now. */
const result = defineEntity({
  name: 'ScreeningResult',
  tableName: 'screening_result',
  properties: {
    conversationId: p.uuid().primary(),
    accountId: p.uuid(),
    contactId: p.uuid(),
    verdict: p.text().$type<Verdict>(),
    decidedBy: p.text().$type<VerdictBy>(),
    /** Log odds that it is spam; null where nothing was scored. */
    score: p.double().nullable(),
    threshold: p.double().nullable(),
    memberVerdict: p.text().$type<MemberVerdict>().nullable(),
    screenedAt: p.datetime(),
  },
  indexes: [{ name: 'screening_result_day', properties: ['accountId', 'screenedAt'] }, { properties: ['accountId', 'contactId'] }],
  policies: accountPolicies('screening_result'),
  rowLevelSecurity: 'force',
});
export class ScreeningResult extends result.class {}
result.setClass(ScreeningResult);
export const screeningResultSchema = result;

/** A receipt: one member's verdict on one message, with all the filter keeps of it. What is learned has a seq. */
const lesson = defineEntity({
  name: 'ScreeningLesson',
  tableName: 'screening_lesson',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    /** Its place among the lessons learned; null while it is not. */
    seq: p.integer().nullable(),
    conversationId: p.uuid(),
    contactId: p.uuid(),
    memberId: p.uuid(),
    verdict: p.text().$type<MemberVerdict>(),
    state: p.text().$type<LessonState>(),
    reason: p.text().$type<LessonReason>().nullable(),
    contradicted: p.boolean(),
    /** A second member or an owner stands behind it: it is not judged any more. */
    confirmed: p.boolean(),
    /** Judged together with the others of its batch. */
    judged: p.boolean(),
    /** What the filter scored before it learned, and by which features. */
    score: p.double(),
    featureVersion: p.integer(),
    /** Sealed with the contact's own key: once it is destroyed, no old backup says what the filter saw. */
    featuresSealed: p.blob(),
    /** To take it back: what was said of the conversation before. */
    verdictBefore: p.text().$type<Verdict>().nullable(),
    byBefore: p.text().$type<VerdictBy>().nullable(),
    createdAt: p.datetime(),
  },
  uniques: [
    { name: 'screening_lesson_seq', properties: ['accountId', 'seq'] },
    { name: 'screening_lesson_once', properties: ['conversationId', 'memberId'] },
  ],
  indexes: [
    { name: 'screening_lesson_member', properties: ['accountId', 'memberId', 'createdAt', 'id'] },
    { name: 'screening_lesson_recent', properties: ['accountId', 'createdAt', 'id'] },
    { properties: ['accountId', 'contactId'] },
  ],
  policies: accountPolicies('screening_lesson'),
  rowLevelSecurity: 'force',
  checks: [{ name: 'screening_lesson_learned', expression: "(state = 'learned') = (seq is not null)" }],
});
export class ScreeningLesson extends lesson.class {}
lesson.setClass(ScreeningLesson);
export const screeningLessonSchema = lesson;

/** Where an account's filter stands. */
const head = defineEntity({
  name: 'ScreeningHead',
  tableName: 'screening_head',
  properties: {
    accountId: p.uuid().primary(),
    lastSeq: p.integer(),
    /** Raised when a learned lesson is taken away: what was folded before must be folded again. */
    epoch: p.integer(),
    /** The owner's threshold; null for the automatic one. */
    threshold: p.double().nullable(),
  },
  policies: accountPolicies('screening_head'),
  rowLevelSecurity: 'force',
});
export class ScreeningHead extends head.class {}
head.setClass(ScreeningHead);
export const screeningHeadSchema = head;

/** The folded model, to start from. A cache: deleted whenever a lesson is taken away. */
const snapshot = defineEntity({
  name: 'ScreeningSnapshot',
  tableName: 'screening_snapshot',
  properties: { accountId: p.uuid().primary(), epoch: p.integer(), seq: p.integer(), bytes: p.blob() },
  policies: accountPolicies('screening_snapshot'),
  rowLevelSecurity: 'force',
});
export class ScreeningSnapshot extends snapshot.class {}
snapshot.setClass(ScreeningSnapshot);
export const screeningSnapshotSchema = snapshot;

/** Somebody whose conversations go into quarantine unread by the filter. */
const block = defineEntity({
  name: 'ScreeningBlock',
  tableName: 'screening_block',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    kind: p.text().$type<BlockKind>(),
    /** Keyed hash of what is blocked: nobody can read it out of here. */
    hash: p.text(),
    reasonSealed: p.blob(),
    memberId: p.uuid(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().nullable(),
  },
  uniques: [{ name: 'screening_block_hash', properties: ['accountId', 'hash'] }],
  policies: accountPolicies('screening_block'),
  rowLevelSecurity: 'force',
});
export class ScreeningBlock extends block.class {}
block.setClass(ScreeningBlock);
export const screeningBlockSchema = block;

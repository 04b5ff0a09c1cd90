import type {
  BlockChecked,
  BlockSender,
  BlockView,
  BulkAnswer,
  LessonState,
  LessonView,
  MemberVerdict,
  NewBlock,
  Page,
  Performance,
  RolledBack,
  ScreeningExplanation,
  ScreeningSettings,
  TeachAnswer,
  TeacherView,
} from '@sotto/protocol';
import type { Call } from './api.js';
import { uuidv7 } from './ids.js';

export interface LessonFilter {
  member?: string;
  state?: LessonState;
  cursor?: string;
  limit?: number;
}

/** The spam filter: its verdicts, what it was taught, and its settings. */
export const screeningApi = (call: Call) => ({
  teach: (conversationId: string, verdict: MemberVerdict) =>
    call<TeachAnswer>('POST', `/conversations/${conversationId}/screening`, { body: { verdict } }),
  /** Takes one's own verdict back, exactly: the filter is as if it had never been given. */
  untaught: (conversationId: string) => call<TeachAnswer>('DELETE', `/conversations/${conversationId}/screening`),
  explain: (conversationId: string, signal?: AbortSignal) =>
    call<ScreeningExplanation>('GET', `/conversations/${conversationId}/screening`, { signal }),
  teachMany: (conversationIds: string[], verdict: MemberVerdict) =>
    call<BulkAnswer>('POST', '/screening/verdicts', { body: { conversationIds, verdict } }),
  untaughtMany: (conversationIds: string[]) => call<BulkAnswer>('POST', '/screening/verdicts/undo', { body: { conversationIds } }),

  screeningPerformance: (days: number, signal?: AbortSignal) =>
    call<Performance>('GET', '/screening/performance', { query: { days }, signal }),
  screeningSettings: (signal?: AbortSignal) => call<ScreeningSettings>('GET', '/screening/settings', { signal }),
  /** Null: by itself. */
  setThreshold: (threshold: number | null) => call<ScreeningSettings>('PUT', '/screening/settings', { body: { threshold } }),

  teachers: (signal?: AbortSignal) => call<{ items: TeacherView[] }>('GET', '/screening/teachers', { signal }),
  rollBack: (memberId: string) => call<RolledBack>('POST', `/screening/teachers/${memberId}/roll-back`),
  lessons: (filter: LessonFilter = {}, signal?: AbortSignal) =>
    call<Page<LessonView>>('GET', '/screening/lessons', { query: { ...filter }, signal }),
  acceptLesson: (id: string) => call<LessonView>('POST', `/screening/lessons/${id}/accept`),
  removeLesson: (id: string) => call<void>('DELETE', `/screening/lessons/${id}`),

  blocks: (paging: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
    call<Page<BlockView>>('GET', '/screening/blocks', { query: { ...paging }, signal }),
  block: (input: NewBlock) => call<BlockView>('POST', '/screening/blocks', { body: input, idempotencyKey: uuidv7() }),
  blockSender: (input: BlockSender) =>
    call<BlockView>('POST', '/screening/blocks/of-conversation', { body: input, idempotencyKey: uuidv7() }),
  unblock: (id: string) => call<void>('DELETE', `/screening/blocks/${id}`),
  checkBlock: (value: string) => call<BlockChecked>('POST', '/screening/blocks/check', { body: { value } }),
});

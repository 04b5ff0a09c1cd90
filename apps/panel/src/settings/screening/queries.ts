import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { LessonFilter } from '@sotto/client';
import { api } from '../../api';
import { queries } from '../../session/session';

export const performanceQuery = (days: number) =>
  queryOptions({ queryKey: ['screening-performance', days], queryFn: ({ signal }) => api.screeningPerformance(days, signal) });

export const thresholdQuery = queryOptions({ queryKey: ['screening-settings'], queryFn: ({ signal }) => api.screeningSettings(signal) });

export const teachersQuery = queryOptions({ queryKey: ['screening-teachers'], queryFn: ({ signal }) => api.teachers(signal) });

export const lessonsQuery = (filter: Pick<LessonFilter, 'member' | 'state'>) =>
  infiniteQueryOptions({
    queryKey: ['screening-lessons', filter],
    queryFn: ({ pageParam, signal }) => api.lessons({ ...filter, limit: 30, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (before) => before,
  });

export const blocksQuery = infiniteQueryOptions({
  queryKey: ['screening-blocks'],
  queryFn: ({ pageParam, signal }) => api.blocks({ limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
});

/** After a lesson came or went, whatever is counted from lessons is asked again. */
export async function lessonsChanged(): Promise<void> {
  await Promise.all(
    ['screening-lessons', 'screening-teachers', 'screening-settings', 'screening-performance', 'screening'].map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );
}

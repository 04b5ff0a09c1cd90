import { agentApi, createCall } from '@sotto/client';

export const api = agentApi(createCall({ base: '/api/v1' }));

import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { toAckError, toAppError } from '@sotto/platform';

/** Where Nest keeps the acknowledgement among a socket handler's arguments: client, data, ack, event. */
const ACK = 2;

/** Answers every failed call in its acknowledgement. */
@Catch()
export class AckFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const answer = toAckError(toAppError(error));
    const ack: unknown = host.getArgByIndex(ACK);
    if (typeof ack === 'function') (ack as (answer: unknown) => void)(answer);
  }
}

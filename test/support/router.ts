import type { NestExpressApplication } from '@nestjs/platform-express';
import { RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RULE, STEP_UP, type Rule } from '@sotto/platform';
import { NAMESPACES } from '@sotto/protocol';
import type { z } from 'zod';

/** A place a caller's input goes to, with the shape it must have. */
export interface Door {
  in: 'body' | 'query' | 'param';
  /** Name of the path's or the query's parameter; absent for the whole. */
  name?: string;
  schema: z.ZodType | undefined;
}

export interface Route {
  /** For example `PATCH /api/v1/inboxes/:id`. */
  name: string;
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  path: string;
  rule: Rule;
  /** Asks for a fresh proof of who is there. */
  stepUp: boolean;
  doors: Door[];
}

export interface SocketEvent {
  /** For example `/visitor typing`. */
  name: string;
  namespace: '/agent' | '/visitor';
  event: string;
  schema: z.ZodType | undefined;
}

/** Nest's own keys, and its numbers for where an argument comes from. */
const ARGUMENTS = '__routeArguments__';
const HTTP_DOORS: Record<string, Door['in']> = { '3': 'body', '4': 'query', '5': 'param' };
const SOCKET_BODY = '3';
const OUTSIDE_THE_API = /^\/(health|widget|try|dev)(\/|$)/;

interface Argument {
  data?: string;
  schema?: z.ZodType;
}

const join = (...parts: string[]) =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

function argumentsOf(type: object, method: string): [kind: string, argument: Argument][] {
  const found = (Reflect.getMetadata(ARGUMENTS, type, method) ?? {}) as Record<string, Argument>;
  return Object.entries(found).map(([key, argument]) => [key.split(':')[0] ?? '', argument]);
}

/** Classes with their methods, from the running application. */
function methodsOf(app: NestExpressApplication, kind: 'getControllers' | 'getProviders') {
  const scanner = new MetadataScanner();
  const types = app
    .get(DiscoveryService, { strict: false })
    [kind]()
    .map((wrapper) => wrapper.metatype)
    .filter((type) => typeof type === 'function' && typeof type.prototype === 'object');
  return [...new Set(types)].flatMap((type) => {
    const prototype = (type as { prototype: Record<string, object> }).prototype;
    return scanner.getAllMethodNames(prototype).map((name) => ({ type: type as object, name, method: prototype[name] as object }));
  });
}

/** Every route the application answers, read from the router itself. */
export function routesOf(app: NestExpressApplication): Route[] {
  return methodsOf(app, 'getControllers')
    .filter(({ method }) => Reflect.hasMetadata('path', method))
    .map(({ type, name, method }) => {
      const own = join(String(Reflect.getMetadata('path', type) ?? ''), String(Reflect.getMetadata('path', method)));
      const path = OUTSIDE_THE_API.test(own) ? own : join('api/v1', own);
      const verb = RequestMethod[Reflect.getMetadata('method', method) as number] ?? '';
      return {
        name: `${verb} ${path}`,
        method: verb.toLowerCase() as Route['method'],
        path,
        rule: Reflect.getMetadata(RULE, method) as Rule,
        stepUp: Reflect.hasMetadata(STEP_UP, method),
        doors: argumentsOf(type, name).flatMap(([kind, { data, schema }]) => {
          const where = HTTP_DOORS[kind];
          return where ? [{ in: where, ...(data === undefined ? {} : { name: data }), schema }] : [];
        }),
      };
    });
}

/** Every socket event the application answers, by namespace. */
export function eventsOf(app: NestExpressApplication): SocketEvent[] {
  return methodsOf(app, 'getProviders')
    .filter(({ method }) => Reflect.hasMetadata('message', method))
    .map(({ type, name, method }) => {
      const options = Reflect.getMetadata('websockets:gateway_options', type) as { namespace: SocketEvent['namespace'] };
      const event = String(Reflect.getMetadata('message', method));
      const body = inherited(type, name).find(([kind]) => kind === SOCKET_BODY);
      return { name: `${options.namespace} ${event}`, namespace: options.namespace, event, schema: body?.[1].schema };
    })
    .filter(({ namespace }) => Object.values<string>(NAMESPACES).includes(namespace));
}

/** Nest reads the arguments of an inherited handler from the class that declares it. */
function inherited(type: object, method: string): ReturnType<typeof argumentsOf> {
  for (let current: object | null = type; typeof current === 'function'; current = Object.getPrototypeOf(current) as object | null) {
    const found = argumentsOf(current, method);
    if (found.length > 0) return found;
  }
  return [];
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RULE } from '@sotto/platform';

/** Nest's own keys for a route and for a socket event. */
const ROUTE = 'path';
const SOCKET_EVENT = 'message';

/** Handlers that neither @Allow, @SignedIn nor @Public speaks for, as `Class.method`. */
export function undeclaredHandlers(classes: readonly { name: string; prototype: object }[], scanner: MetadataScanner): string[] {
  return classes.flatMap((type) =>
    scanner
      .getAllMethodNames(type.prototype)
      .filter((name) => {
        const method = (type.prototype as Record<string, object>)[name] as object;
        const isHandler = Reflect.hasMetadata(ROUTE, method) || Reflect.hasMetadata(SOCKET_EVENT, method);
        return isHandler && !Reflect.hasMetadata(RULE, method);
      })
      .map((name) => `${type.name}.${name}`),
  );
}

/** Stops the start when a route or a socket event says nothing about who may use it. */
@Injectable()
export class RuleGuard implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const types = [...this.discovery.getControllers(), ...this.discovery.getProviders()]
      .map((wrapper) => wrapper.metatype)
      .filter((type) => typeof type === 'function');
    const undeclared = undeclaredHandlers([...new Set(types)] as { name: string; prototype: object }[], this.scanner);
    if (undeclared.length > 0) throw new Error(`Sotto will not start: no permission is declared for ${undeclared.join(', ')}`);
  }
}

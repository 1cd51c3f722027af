import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { Readiness } from './readiness';

/** Wraps a service's root module and gives everything below it `Readiness` and the clock (`CLOCK`). */
@Module({})
export class PlatformModule {
  static around(rootModule: Type | DynamicModule, readiness: Readiness, clock: Clock): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [rootModule],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [Readiness, CLOCK],
    };
  }
}

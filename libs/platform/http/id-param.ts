import { Param, type PipeTransform } from '@nestjs/common';
import { notFound } from './problem';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID in the path, in lower case. Anything else names nothing, so it is a 404 and never reaches the database. `what` is the thing's name. */
export function IdParam(what: string, name = 'id'): ParameterDecorator {
  return Param(name, new IdPipe(what));
}

class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly what: string) {}

  transform(value: string): string {
    if (!UUID.test(value)) throw notFound(this.what, value);
    return value.toLowerCase();
  }
}

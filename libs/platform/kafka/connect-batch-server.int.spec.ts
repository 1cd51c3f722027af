import { randomUUID } from 'node:crypto';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Topic } from '@tollgate/contracts';
import { afterAll, describe, expect, inject, it, vi } from 'vitest';
import { BatchServer, connectBatchServer, createKafka, type DeadLetter, ensureTopics, EventProducer, type RecordBatch } from './index';

const topic: Topic<string> = {
  name: `spec.${randomUUID()}`,
  owner: 'spec',
  partitions: 1,
  cleanup: 'delete',
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const handled: string[] = [];

@Controller()
class SpecController {
  @EventPattern(topic.name)
  async handle(@Payload() batch: RecordBatch<string>): Promise<void> {
    await Promise.resolve();
    if (batch.records.some(({ value }) => value === 'bad')) throw new RangeError('quantity below zero');
    handled.push(...batch.records.map(({ value }) => value));
  }
}

@Module({ controllers: [SpecController] })
class SpecModule {}

const connection = createKafka({ brokers: inject('kafkaBrokers').split(','), clientId: 'nest-spec' });
const producer = new EventProducer({ connection });
afterAll(async () => {
  await producer.close();
  await connection.close();
});

async function runApp(
  connect: (app: Awaited<ReturnType<typeof NestFactory.create>>, server: BatchServer) => void,
  work: (letters: DeadLetter[]) => Promise<void>,
): Promise<void> {
  const letters: DeadLetter[] = [];
  const app = await NestFactory.create(SpecModule, new FastifyAdapter(), { logger: false });
  const server = new BatchServer({
    connection,
    group: randomUUID(),
    producer,
    extraTopics: [topic as Topic<unknown>],
    deadLetterSink: (letter) => Promise.resolve(void letters.push(letter)),
  });
  connect(app, server);
  await app.startAllMicroservices();
  try {
    await work(letters);
  } finally {
    await app.close();
  }
}

describe('a Nest application with a batch server', () => {
  it("routes a topic's batches to its handler, and learns the handler's own error as the reason of a dead letter", async () => {
    await ensureTopics(connection, [topic]);
    await producer.send(
      topic,
      ['a', 'bad', 'b'].map((value) => ({ key: value, value })),
    );
    await runApp(connectBatchServer, async (letters) => {
      await vi.waitFor(
        () => expect([handled, letters.map(({ reason }) => reason)]).toEqual([['a', 'b'], ['RangeError: quantity below zero']]),
        {
          timeout: 20_000,
        },
      );
    });
  });

  it('sets nothing aside when it was connected without the filter that shows the errors', async () => {
    await runApp(
      (app, server) => void app.connectMicroservice({ strategy: server }),
      async (letters) => {
        handled.splice(0);
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        expect([handled, letters]).toEqual([[], []]);
      },
    );
  });
});

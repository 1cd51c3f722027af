import { describe, expect, it } from 'vitest';
import { readKafkaMetadata } from './kafka-metadata';

const int32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const text = (value: string): number[] => [0, value.length, ...Buffer.from(value)];
const NO_TEXT = [255, 255];

describe('a broker’s metadata', () => {
  const body = [
    ...int32(7),
    ...int32(1),
    ...int32(1),
    ...text('localhost'),
    ...int32(9092),
    ...NO_TEXT,
    ...text('abc'),
    ...int32(1),
    ...int32(0),
  ];
  const answer = Buffer.from([...int32(body.length), ...body]);

  it('names the cluster and counts the brokers that serve', () => {
    expect(readKafkaMetadata(answer)).toEqual({ clusterId: 'abc', brokers: 1 });
  });

  it('is nothing while the answer is incomplete', () => {
    const clusterIdEnds = answer.length - 8;
    for (let length = 0; length < clusterIdEnds; length += 1) expect(readKafkaMetadata(answer.subarray(0, length))).toBeNull();
  });
});

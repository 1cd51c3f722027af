/** How a decimal is brought to fewer digits. `half-up` rounds ties away from zero (commercial rounding), `up` away from zero, `down` towards it. */
export type Rounding = 'half-even' | 'half-up' | 'up' | 'down';

/** The text is not a plain decimal, or an operation has no exact or defined result. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';
}

/** Longest accepted text. Bounds the work that a hostile number can cause; every product of ours stays far below. */
const MAX_TEXT_LENGTH = 256;
const PLAIN = /^-?[0-9]+(?:\.[0-9]+)?$/;

const POWERS: bigint[] = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/**
 * An exact decimal: an integer coefficient over a power of ten. Sums and products are exact; only `round` and `dividedBy` lose digits, and both say how.
 * Immutable.
 */
export class Decimal {
  static readonly ZERO = new Decimal(0n, 0);
  static readonly ONE = new Decimal(1n, 0);
  static readonly HUNDRED = new Decimal(100n, 0);

  private constructor(
    /** The digits as an integer; the value is `coefficient / 10^scale`. */
    readonly coefficient: bigint,
    /** Digits after the point, at least 0; trailing zeros may be among them. */
    readonly scale: number,
  ) {}

  /** Reads `-?digits[.digits]`. Throws DecimalError for anything else: exponents, signs other than a leading minus, blanks, NaN. */
  static parse(text: string): Decimal {
    if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH || !PLAIN.test(text)) {
      throw new DecimalError(`Not a plain decimal: ${JSON.stringify(text)?.slice(0, 80)}`);
    }
    const point = text.indexOf('.');
    if (point < 0) return new Decimal(BigInt(text), 0);
    return new Decimal(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
  }

  /** `coefficient / 10^scale`. */
  static from(coefficient: bigint, scale = 0): Decimal {
    if (!Number.isInteger(scale) || scale < 0) throw new DecimalError(`Scale must be a whole number of at least 0, not ${scale}`);
    return new Decimal(coefficient, scale);
  }

  /** The exact sum of any number of decimals; zero for none. */
  static sum(values: Iterable<Decimal>): Decimal {
    let total: Decimal = Decimal.ZERO;
    for (const value of values) total = total.plus(value);
    return total;
  }

  plus(other: Decimal): Decimal {
    if (this.scale === other.scale) return new Decimal(this.coefficient + other.coefficient, this.scale);
    return this.scale > other.scale
      ? new Decimal(this.coefficient + other.coefficient * powerOfTen(this.scale - other.scale), this.scale)
      : new Decimal(this.coefficient * powerOfTen(other.scale - this.scale) + other.coefficient, other.scale);
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated());
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.coefficient * other.coefficient, this.scale + other.scale);
  }

  /** Divides by `10^digits`, exactly. */
  shiftedRight(digits: number): Decimal {
    return Decimal.from(this.coefficient, this.scale + digits);
  }

  negated(): Decimal {
    return new Decimal(-this.coefficient, this.scale);
  }

  abs(): Decimal {
    return this.coefficient < 0n ? this.negated() : this;
  }

  /** -1, 0 or 1, by value: 1.0 and 1.00 compare equal. */
  compare(other: Decimal): -1 | 0 | 1 {
    let left = this.coefficient;
    let right = other.coefficient;
    if (this.scale < other.scale) left *= powerOfTen(other.scale - this.scale);
    else if (this.scale > other.scale) right *= powerOfTen(this.scale - other.scale);
    return left === right ? 0 : left < right ? -1 : 1;
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  isZero(): boolean {
    return this.coefficient === 0n;
  }

  isNegative(): boolean {
    return this.coefficient < 0n;
  }

  /** The value with at most `scale` digits after the point. */
  round(scale: number, rounding: Rounding): Decimal {
    if (scale >= this.scale) return this;
    return Decimal.from(divide(this.coefficient, powerOfTen(this.scale - scale), rounding), scale);
  }

  /** The quotient with `scale` digits after the point. Throws DecimalError for a zero divisor. */
  dividedBy(other: Decimal, scale: number, rounding: Rounding): Decimal {
    if (other.coefficient === 0n) throw new DecimalError('Division by zero');
    const shift = scale + other.scale - this.scale;
    const numerator = shift >= 0 ? this.coefficient * powerOfTen(shift) : this.coefficient;
    const denominator = shift >= 0 ? other.coefficient : other.coefficient * powerOfTen(-shift);
    return Decimal.from(divide(numerator, denominator, rounding), scale);
  }

  /** Exactly `scale` digits after the point, as on an invoice: `12.50`. Throws DecimalError where digits would be lost; round first. */
  toFixed(scale: number): string {
    const canonical = this.toString();
    const point = canonical.indexOf('.');
    const digits = point < 0 ? 0 : canonical.length - point - 1;
    if (digits > scale) throw new DecimalError(`${canonical} has more than ${scale} digits after the point`);
    if (scale === 0) return canonical;
    return (point < 0 ? `${canonical}.` : canonical) + '0'.repeat(scale - digits);
  }

  /** Canonical: no exponent, no trailing zeros, no minus before zero. */
  toString(): string {
    if (this.coefficient === 0n) return '0';
    const text = this.coefficient.toString();
    if (this.scale === 0) return text;
    const sign = this.coefficient < 0n ? '-' : '';
    const digits = (sign ? text.slice(1) : text).padStart(this.scale + 1, '0');
    let end = digits.length;
    const point = end - this.scale;
    while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
    return end === point ? sign + digits.slice(0, point) : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Integer division with the remainder settled by `rounding`; symmetric around zero. */
function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator - quotient * denominator;
  if (remainder === 0n || rounding === 'down') return quotient;
  const away = numerator < 0n === denominator < 0n ? 1n : -1n;
  if (rounding === 'up') return quotient + away;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  const whole = denominator < 0n ? -denominator : denominator;
  if (twice > whole) return quotient + away;
  if (twice < whole) return quotient;
  return rounding === 'half-up' || quotient % 2n !== 0n ? quotient + away : quotient;
}

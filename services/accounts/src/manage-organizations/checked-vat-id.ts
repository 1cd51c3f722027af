import { fieldProblem } from '../http/field-problem';
import { parseVatId } from './vat-id';

/** The VAT id as it is kept, empty for none. Throws the 400 that says what is wrong with it. */
export function checkedVatId(text: string, country: string): string {
  if (text === '') return '';
  const result = parseVatId(text, country);
  if ('vatId' in result) return result.vatId;
  throw fieldProblem(
    'vatId',
    `is not right: ${result.reason}`,
    'Correct the VAT id, or the country that it belongs to, or leave it empty.',
  );
}

import { describe, expect, it } from 'vitest';
import { priceKey } from './catalogue-model';
import type { LitellmMap } from './litellm-entry';
import { readCatalogue } from './read-catalogue';

/** Every price of a model as `unit condition=value …` → amount. */
function pricesIn(map: LitellmMap, wanted: string): Record<string, string> {
  const found = readCatalogue(map).models.find(({ provider, model }) => `${provider}/${model}` === wanted);
  if (!found)
    throw new Error(
      `${wanted} is not among ${readCatalogue(map)
        .models.map(({ provider, model }) => `${provider}/${model}`)
        .join(', ')}`,
    );
  return Object.fromEntries(found.prices.map(({ unit, amount, conditions }) => [priceKey(unit, conditions), amount.toString()]));
}

describe('the catalogue read from the price map', () => {
  it('prices tokens by the million, and takes tier and context from the name of the rate', () => {
    const map = {
      'gpt-x': {
        litellm_provider: 'openai',
        mode: 'chat',
        input_cost_per_token: '2.5e-06',
        input_cost_per_token_above_272k_tokens_priority: '1e-05',
        cache_creation_input_token_cost_above_1hr: '4e-06',
        output_cost_per_token_batches: '5e-06',
      },
    };
    // 0.0000025 × 1,000,000 = 2.5, and so on.
    expect(pricesIn(map, 'openai/gpt-x')).toEqual({
      input_tokens: '2.5',
      'input_tokens min_input_tokens_above=272000 service_tier=priority': '10',
      input_cache_write_1h_tokens: '4',
      'output_tokens service_tier=batch': '5',
    });
  });

  it('charges a second once that has an input and an output price', () => {
    const map = {
      'whisper-1': {
        litellm_provider: 'openai',
        mode: 'audio_transcription',
        input_cost_per_second: '0.0001',
        output_cost_per_second: '0.0001',
      },
    };
    expect(pricesIn(map, 'openai/whisper-1')).toEqual({ input_audio_seconds: '0.0001' });
  });

  it('takes region, size and quality out of the key, and a price per pixel as a price per image', () => {
    const map = {
      'azure/eu/gpt-x': { litellm_provider: 'azure', mode: 'chat', input_cost_per_token: '1.1e-06' },
      'azure/gpt-x': { litellm_provider: 'azure', mode: 'chat', input_cost_per_token: '1e-06' },
      'azure/hd/1024-x-1024/dall-e-3': { litellm_provider: 'azure', mode: 'image_generation', input_cost_per_pixel: '8.39233e-08' },
    };
    expect(pricesIn(map, 'azure/gpt-x')).toEqual({ input_tokens: '1', 'input_tokens region=eu': '1.1' });
    // 0.0000000839233 × 1,048,576 = 0.08799995…, the vendor's 0.088.
    expect(pricesIn(map, 'azure/dall-e-3')).toEqual({ 'images image_quality=hd image_size=1024x1024': '0.088' });
  });

  it('keeps the vendor’s own name of a model that another vendor serves', () => {
    const map = { 'groq/openai/gpt-oss-20b': { litellm_provider: 'groq', mode: 'chat', input_cost_per_token: '1e-07' } };
    expect(pricesIn(map, 'groq/openai/gpt-oss-20b')).toEqual({ input_tokens: '0.1' });
  });

  it('reprices the whole call in a later range of tiered pricing', () => {
    const tiers = [
      { input_cost_per_token: '5e-08', range: ['0', '256000.0'] },
      { input_cost_per_token: '2.5e-07', range: ['256000.0', '1000000.0'] },
    ];
    const map = { 'dashscope/qwen': { litellm_provider: 'dashscope', mode: 'chat', tiered_pricing: tiers } };
    expect(pricesIn(map, 'dashscope/qwen')).toEqual({ input_tokens: '0.05', 'input_tokens min_input_tokens_above=256000': '0.25' });
  });

  it('prices a region by its factor on every token price, and fast mode on those without a tier', () => {
    const map = {
      claude: {
        litellm_provider: 'anthropic',
        mode: 'chat',
        input_cost_per_token: '4e-06',
        input_cost_per_token_batches: '2e-06',
        provider_specific_entry: { us: '1.1', fast: '2' },
        search_context_cost_per_query: { search_context_size_medium: '0.01' },
      },
    };
    expect(pricesIn(map, 'anthropic/claude')).toEqual({
      input_tokens: '4',
      'input_tokens service_tier=batch': '2',
      'input_tokens region=us': '4.4', // 4 × 1.1
      'input_tokens region=us service_tier=batch': '2.2', // 2 × 1.1
      'input_tokens service_tier=fast': '8', // 4 × 2
      'input_tokens region=us service_tier=fast': '8.8', // 4 × 1.1 × 2
      searches: '0.01',
    });
  });

  it('prices off-peak hours and days apart', () => {
    const windows = [
      { hours_utc: ['10:00-00:00'], weekdays: ['1', '2', '3', '4', '5'] },
      { hours_utc: '00:00-00:00', weekdays: ['6', '7'] },
    ];
    const map = {
      'deepseek/flash': {
        litellm_provider: 'deepseek',
        mode: 'chat',
        input_cost_per_token: '3e-07',
        off_peak_pricing: { input_cost_per_token: '1.5e-07', windows },
      },
    };
    expect(pricesIn(map, 'deepseek/flash')).toEqual({
      input_tokens: '0.3',
      'input_tokens time_of_day=10:00-00:00 weekdays=1,2,3,4,5': '0.15',
      'input_tokens weekdays=6,7': '0.15',
    });
  });

  it('lists a model whose every price is zero without a price, so that it parks instead of costing nothing', () => {
    const read = readCatalogue({
      'ollama/llama': { litellm_provider: 'ollama', mode: 'chat', input_cost_per_token: '0.0', output_cost_per_token: '0' },
    });
    expect(read.models[0]?.prices).toEqual([]);
    expect(read.zeroPriced).toEqual(['ollama/llama']);
  });

  it('takes a model that two routes of a provider list from the first route alone', () => {
    const map = {
      'gemini-pro': {
        litellm_provider: 'vertex_ai-language-models',
        mode: 'chat',
        input_cost_per_token: '9e-06',
        output_cost_per_token: '9e-06',
      },
      'gemini/gemini-pro': { litellm_provider: 'gemini', mode: 'chat', input_cost_per_token: '1e-06' },
    };
    expect(pricesIn(map, 'google/gemini-pro')).toEqual({ input_tokens: '1' });
    expect(readCatalogue(map).shadowed).toEqual(['google/gemini-pro']);
  });

  it('gives an alias its target’s prices, and leaves out capacity by the month', () => {
    const map = {
      'bedrock/claude-latest': { alias_of: 'anthropic.claude-9' },
      'anthropic.claude-9': { litellm_provider: 'bedrock_converse', mode: 'chat', input_cost_per_token: '1e-06' },
      'bedrock/us-east-1/1-month-commitment/anthropic.claude-9': {
        litellm_provider: 'bedrock',
        mode: 'chat',
        input_cost_per_second: '0.01',
      },
    };
    expect(pricesIn(map, 'aws/claude-latest')).toEqual({ input_tokens: '1' });
    expect(readCatalogue(map).skippedKeys).toHaveLength(1);
  });

  it('counts the rates that no unit of ours stands for', () => {
    const map = { m: { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: '1e-06', citation_cost_per_token: '2e-06' } };
    expect([...readCatalogue(map).unusedRates]).toEqual([['citation_cost_per_token', 1]]);
  });
});

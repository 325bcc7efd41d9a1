import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Words of the model, each with its direction. */
const directions: Readonly<Record<string, readonly number[]>> = {
  '[PAD]': [0, 0, 0, 0],
  '[UNK]': [0.01, 0.01, 0.01, 0.01],
  doctor: [1, 0, 0, 0],
  physician: [0.9, 0.1, 0, 0],
  soup: [0, 1, 0, 0],
  harbour: [0, 0, 0, 1],
};
/** Length of the model's vectors. */
export const tinyDimensions = 4;

/** Writes a model in ONNX's format that looks words up in a table, with the files that Transformers.js wants beside it. */
export async function writeTinyModel(folder: string): Promise<void> {
  const words = Object.keys(directions);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'onnx', 'model.onnx'), lookUpModel());
  const special = (content: string, id: number): object => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const files = {
    'config.json': { model_type: 'bert' },
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      model_max_length: 16,
    },
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: words.slice(0, 2).map(special),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      },
    },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), JSON.stringify(content));
}

// The few parts of protocol buffers that such a model takes. Numbers of fields are those of onnx.proto.

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(Math.floor(value / 128 ** bytes.length));
  return Buffer.from(bytes);
}

const integer = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);

function bytes(field: number, value: string | Buffer): Buffer {
  const data = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(data.length), data]);
}

const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

const float32 = 1;
const int64 = 7;

/** Name, type and shape of an input or output; a name stands for a length that is not fixed. */
const value = (field: number, name: string, type: number, shape: (string | number)[]): Buffer => {
  const dimensions = shape.map((one) =>
    message(1, typeof one === 'number' ? integer(1, one) : bytes(2, one)),
  );
  const tensor = message(1, integer(1, type), message(2, ...dimensions));
  return message(field, bytes(1, name), message(2, tensor));
};

function lookUpModel(): Buffer {
  const rows = Object.values(directions);
  const table = message(
    5,
    integer(1, rows.length),
    integer(1, tinyDimensions),
    integer(2, float32),
    bytes(8, 'table'),
    bytes(9, Buffer.from(Float32Array.from(rows.flat()).buffer)),
  );
  const node = message(
    1,
    bytes(1, 'table'),
    bytes(1, 'input_ids'),
    bytes(2, 'last_hidden_state'),
    bytes(4, 'Gather'),
  );
  const graph = message(
    7,
    node,
    bytes(2, 'tiny'),
    table,
    value(11, 'input_ids', int64, ['texts', 'tokens']),
    value(11, 'attention_mask', int64, ['texts', 'tokens']),
    value(12, 'last_hidden_state', float32, ['texts', 'tokens', tinyDimensions]),
  );
  return Buffer.concat([integer(1, 8), message(8, integer(2, 13)), graph]);
}

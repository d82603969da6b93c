const token = (id: string, type: number): unknown => ({ SpecialToken: { id, type_id: type } });
const text = (id: string, type: number): unknown => ({ Sequence: { id, type_id: type } });

/** The post-processor of a tokenizer.json that puts texts between [CLS] and [SEP], as BERT and DeBERTa want them. */
export function bertTemplate(cls: number, sep: number): Record<string, unknown> {
  return {
    type: 'TemplateProcessing',
    single: [token('[CLS]', 0), text('A', 0), token('[SEP]', 0)],
    pair: [token('[CLS]', 0), text('A', 0), token('[SEP]', 0), text('B', 1), token('[SEP]', 1)],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [cls], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [sep], tokens: ['[SEP]'] },
    },
  };
}

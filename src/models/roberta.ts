/**
 * RoBERTa (Liu et al. 2019, "RoBERTa: A Robustly Optimized BERT Pretraining Approach", arXiv:1907.11692) and XLM-RoBERTa (Conneau et al. 2020,
 * arXiv:1911.02116) with a classification head, as `RobertaForSequenceClassification` of Hugging Face transformers: BERT's embeddings and
 * layers (legend there), positions counted from the pad id + 1, and in place of pooler and classifier two layers over the first token.
 */
import { activation } from '../kernels/activation.ts';
import { layersOver } from '../nn/layers.ts';
import { bertFusions, bertHiddenStates, putEncoder } from './bert.ts';
import { parseRobertaConfig, robertaConfigToJson, type RobertaConfig } from './bertConfig.ts';
import { ShapeList, type Family } from './family.ts';

const prefix = 'roberta.';

export const roberta: Family<RobertaConfig> = {
  modelTypes: ['roberta', 'xlm-roberta'],
  prefix,
  wordTable: `${prefix}embeddings.word_embeddings.weight`,
  parseConfig: parseRobertaConfig,
  configToJson: robertaConfigToJson,
  parameterShapes(config) {
    const list = new ShapeList();
    putEncoder(list, prefix, config);
    list.dense('classifier.dense', config.dim, config.dim);
    list.dense('classifier.out_proj', config.labels, config.dim);
    return list.shapes;
  },
  positionTable: () => `${prefix}embeddings.position_embeddings.weight`,
  isHead: (name) => name.startsWith('classifier.'),
  isPooler: () => false,
  fusions: () => bertFusions,
  encode(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    return bertHiddenStates(layers, batch, prefix, config, false);
  },
  classify(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    let x = bertHiddenStates(layers, batch, prefix, config, true); // [B, H]
    const dropout = layers.dropout(config.classifierDropout);
    if (dropout.rate > 0) x = activation(x, 'identity', dropout); // [B, H]
    x = layers.activated(x, 'classifier.dense', 'tanh', config.classifierDropout); // [B, H]
    return layers.dense(x, 'classifier.out_proj'); // [B, C]
  },
};

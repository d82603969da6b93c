/** Reads a file of titles, has the page's engine predict them, and writes the answers to another file, all piece by piece. */
import * as Comlink from 'comlink';
import { describeTextTable, titleBlocks } from '../data/textStream.ts';
import { throttle } from '../data/throttle.ts';
import { toRungError } from '../shared/errors.ts';
import type { StreamApi, StreamedTable, StreamProgress, StreamRequest, StreamResult } from '../shared/streamedFile.ts';
import { openOutput } from './streamOutput.ts';
import { predictStream } from './streamPrediction.ts';
import { installErrorTransfer } from './transfer.ts';

class StreamHost implements StreamApi {
  private abort = new AbortController();

  describe(file: File): Promise<StreamedTable> {
    return describeTextTable(file);
  }

  async predict(
    { file, table, column, labelNames, thresholds, outputName }: StreamRequest,
    predict: Parameters<StreamApi['predict']>[1],
    onProgress: (progress: StreamProgress) => void,
  ): Promise<StreamResult> {
    this.abort = new AbortController();
    const output = await openOutput(outputName);
    let progress: StreamProgress = {
      rows: 0,
      computed: 0,
      bytes: 0,
      labels: labelNames.map(() => 0),
      none: 0,
      seconds: 0,
    };
    let ended: StreamResult['ended'] = null;
    const told = throttle(onProgress);
    try {
      progress = await predictStream({
        titles: titleBlocks(file, table, column),
        labelNames,
        thresholds,
        predict: (titles) => predict(Comlink.transfer(titles, [titles.bytes.buffer, titles.offsets.buffer])),
        write: (text) => output.write(text),
        onProgress: (latest) => {
          progress = latest;
          told(latest);
        },
        signal: this.abort.signal,
      });
    } catch (thrown) {
      const { code, message, hint } = toRungError(thrown);
      ended = { code, message, hint };
    }
    return { ...progress, ended, file: await output.close() };
  }

  async stop(): Promise<void> {
    this.abort.abort();
  }
}

installErrorTransfer();
Comlink.expose(new StreamHost());

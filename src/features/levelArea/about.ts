/** What the place says of its method. Figures: `npm run eval -- --recipe level-area --data FILE [--areas naics|soc]`. */
import type { MethodNotes } from '../../ui/AboutMethod.tsx';

export const levelAreaNotes: MethodNotes = {
  description:
    'After a published project that sorts titles without labels by level and by business area: keyword lists name what they can, sentence embeddings are made once and kept, and a network with shared residual blocks, squeeze-and-excitation and two heads learns both answers from what the keywords named. Here the embeddings are the shipped encoder’s or those of any encoder you have; invalid titles (digits, symbols, HTML, placeholders) are left out and listed; whole words and the longest match decide; the lists are Rung’s own and can be edited; areas are the 20 NAICS sectors or the 23 SOC groups.',
  original:
    'Agreement of the network with the keyword rules that labelled its training titles, under the name of accuracy.',
  mended:
    'A network that repeats its rules agrees with them and may be as wrong as they are: agreement is called agreement here, and accuracy is only told where the file has true labels. Squeeze-and-excitation weighed titles of a batch against each other, so that an answer depended on its neighbours: here it weighs features. Titles that no keyword decides were a class of their own: here they teach nothing and are answered like all others.',
  reached: {
    columns: ['Titles', 'Level: agreement', 'Area: agreement', 'Accuracy against true labels'],
    rows: [
      ['Job adverts, 2,063 titles, NAICS, 3 seeds', '0.80 (0.75 to 0.86)', '0.77 (0.70 to 0.84)', 'no true labels'],
      ['Messy titles, 3,826, NAICS', '0.89 (0.86 to 0.92)', '0.79 (0.72 to 0.85)', 'no true labels'],
      ['Messy titles, 3,826, SOC', '0.88 (0.84 to 0.91)', '0.87 (0.83 to 0.91)', 'no true labels'],
      ['JobLevelData, 2,236, SOC, 3 seeds', '0.83 (0.78 to 0.88)', '0.77 (0.71 to 0.83)', 'level 0.82 (0.77 to 0.87)'],
      ['O*NET titles, 7,621, SOC', '0.96 (0.94 to 0.98)', '0.87 (0.83 to 0.90)', 'area 0.69 (0.65 to 0.72)'],
    ],
    caption:
      'On test titles that were kept aside, near duplicates on one side, with 95 % intervals; the shipped encoder, WASM, 4 to 24 seconds.',
    note: 'Where keywords decide they are as accurate as the network or more (JobLevelData’s levels 0.86 against 0.83, O*NET’s areas 0.74 against 0.73); the network adds the titles on which they are silent (0.79 and 0.64). The original’s multilingual encoder was not measured.',
  },
};

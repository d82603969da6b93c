/** Python that loads the models of a folder (`members.ts`) and averages their logits: a part of what the model card and the page show. */

export interface MemberSnippet {
  imports: string;
  /** Sets `model`, and `models` where there are several. */
  load: string;
  /** An expression: logits of `inputs`. */
  logits: string;
}

/** @param members how many models are averaged */
export function memberSnippet(members: number): MemberSnippet {
  const load = 'model = AutoModelForSequenceClassification.from_pretrained(folder).eval()';
  if (members === 1) return { imports: '', load, logits: 'model(**inputs).logits' };
  return {
    imports: 'from safetensors.torch import load_file\n',
    load: `${load}
models = [model]
for number in range(2, ${members + 1}):  # ${members} models answer together: the mean of their logits
    member = AutoModelForSequenceClassification.from_config(model.config).eval()
    member.load_state_dict(load_file(f"{folder}/member-{number}.safetensors"))
    models.append(member)`,
    logits: 'torch.stack([one(**inputs).logits for one in models]).mean(0)',
  };
}

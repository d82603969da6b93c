/** What people call the columns that Rung looks for. Compared without case, digits at the end and punctuation. */

const titleWords = new Set(
  (
    'title,titles,job title,job titles,jobtitle,job,job name,position,positions,position title,role title,occupation,' +
    'occupation title,designation,alternate title,reported job title,original title,raw title,text,job position,current title,' +
    'preferredlabel,preferred label,titel,titre,titulo,stelle,beruf,poste,cargo,puesto,role,job role,name'
  ).split(','),
);

const labelWords = new Set(
  (
    'label,labels,level,levels,job level,job levels,joblevel,level label,class,classes,category,categories,tag,tags,seniority,' +
    'seniority level,grade,grades,band,rank,target,targets,function,job function,group,type,job type,job family,family,y,' +
    'management level,career level,ebene,stufe,niveau,nivel,column,col'
  ).split(','),
);

/** A header cell reduced to its words: "Job_Title 2" and "job title" are the same. */
export function headerStem(cell: string): string {
  return cell
    .toLowerCase()
    .replace(/[_\-.:#()[\]]+/g, ' ')
    .replace(/\s*\d+\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** True when the cell names a column of titles. */
export function isTitleWord(cell: string): boolean {
  return titleWords.has(headerStem(cell));
}

/** True when the cell names a column of labels. */
export function isLabelWord(cell: string): boolean {
  return labelWords.has(headerStem(cell));
}

/** True when the cell is a usual column name of either kind. */
export function isHeaderWord(cell: string): boolean {
  return isTitleWord(cell) || isLabelWord(cell);
}

/** Titles before roles and names, where a table has both: 2 for a sure word, 1 for a weak one, 0 for none. */
export function titleWordStrength(cell: string): number {
  const stem = headerStem(cell);
  if (!titleWords.has(stem)) return 0;
  return stem === 'name' || stem === 'role' || stem === 'text' || stem === 'job' ? 1 : 2;
}

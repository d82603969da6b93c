/** The maps from keywords to classes, what they caught, and the editor of a class. */
import { ActionIcon, Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { ArrowDown, ArrowUp, Pencil, Plus, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { AreaScheme, ConflictPolicy, Head, KeywordClass, KeywordMap, Labelling } from '../../shared/levelArea.ts';
import { formatCount } from '../../ui/format.ts';
import { ClassEditor } from './ClassEditor.tsx';
import { CaughtTable, ConflictTable } from './KeywordTables.tsx';
import css from './LevelArea.module.css';
import { ScrollTable } from './ScrollTable.tsx';
import { decidedTitles, headNames, heads } from './levelAreaSession.ts';
import { shareText } from './TitlesPanel.tsx';

export interface KeywordsPanelProps {
  maps: Record<Head, KeywordMap>;
  scheme: AreaScheme;
  labelling: Labelling;
  disabled: boolean;
  onScheme: (scheme: AreaScheme) => void;
  onMap: (head: Head, map: KeywordMap) => void;
  onReset: (head: Head) => void;
}

const views = { classes: 'Classes', caught: 'By keyword', conflicts: 'Conflicts' } as const;
type View = keyof typeof views;

const policyTexts: Record<ConflictPolicy, string> = {
  order: 'the class that stands first in the list',
  longest: 'the longest keyword',
  'leave-out': 'nothing: the title is left open',
};

/** @see KeywordsPanelProps */
export function KeywordsPanel(props: KeywordsPanelProps) {
  const { maps, scheme, labelling, disabled, onScheme, onMap, onReset } = props;
  const [head, setHead] = useState<Head>('level');
  const [view, setView] = useState<View>('classes');
  const map = maps[head];
  const of = labelling.heads[head];
  const decided = decidedTitles(labelling)[head];
  return (
    <section className={css.panel} aria-labelledby="level-area-keywords">
      <h2 id="level-area-keywords">2. Keywords</h2>
      <p className={css.quiet}>
        A title belongs to the class whose keyword it holds, as a whole word; a longer keyword hides those inside it.
        These labels are weak: they are what the network learns from, not the truth.
      </p>
      <div className={css.row}>
        <SegmentedControl
          aria-label="Keywords of"
          value={head}
          data={heads.map((value) => ({ value, label: headNames[value] }))}
          onChange={(value) => setHead(value === 'area' ? 'area' : 'level')}
        />
        {head === 'area' && (
          <NativeSelect
            label="Areas"
            value={scheme}
            disabled={disabled}
            data={[
              { value: 'naics', label: '20 industries (NAICS sectors)' },
              { value: 'soc', label: '23 occupations (SOC major groups)' },
            ]}
            onChange={(event) => onScheme(event.currentTarget.value === 'soc' ? 'soc' : 'naics')}
          />
        )}
        <NativeSelect
          label="Where classes disagree, decides"
          value={map.conflicts}
          disabled={disabled}
          data={Object.entries(policyTexts).map(([value, label]) => ({ value, label }))}
          onChange={(event) => {
            const { value } = event.currentTarget;
            const conflicts = value === 'order' || value === 'leave-out' ? value : 'longest';
            onMap(head, { ...map, conflicts });
          }}
        />
        <Button
          variant="subtle"
          leftSection={<Undo2 size={16} aria-hidden />}
          disabled={disabled}
          onClick={() => onReset(head)}
        >
          Keywords of the app
        </Button>
      </div>
      <div>
        <p className={css.quiet}>
          Decided: {shareText(decided, labelling.titles)}. Without a keyword: {formatCount(of.without)}. Keywords of
          several classes: {formatCount(of.conflicting)}
          {of.leftOut > 0 && `, of which ${formatCount(of.leftOut)} are left open`}.
        </p>
        <div className={css.coverage} aria-hidden="true">
          <span style={{ width: `${(100 * decided) / Math.max(1, labelling.titles)}%` }} />
        </div>
        {of.examples.length > 0 && (
          <p className={css.quiet}>Without a keyword, for example: {of.examples.slice(0, 5).join(' · ')}</p>
        )}
      </div>
      <SegmentedControl
        aria-label="Show"
        value={view}
        data={Object.entries(views).map(([value, label]) => ({ value, label }))}
        onChange={(value) => setView(value === 'caught' || value === 'conflicts' ? value : 'classes')}
      />
      {view === 'classes' && (
        <ClassTable {...{ map, disabled }} titles={of.classTitles} onMap={(next) => onMap(head, next)} />
      )}
      {view === 'caught' && <CaughtTable keywords={of.keywords} classes={map.classes} />}
      {view === 'conflicts' && <ConflictTable conflicts={of.conflicts} classes={map.classes} />}
    </section>
  );
}

interface ClassTableProps {
  map: KeywordMap;
  titles: number[];
  disabled: boolean;
  onMap: (map: KeywordMap) => void;
}

const newClass: KeywordClass = { name: '', keywords: [], codes: [] };

function ClassTable({ map, titles, disabled, onMap }: ClassTableProps) {
  /** Position of the class that is edited; one beyond the last for a new one. */
  const [edited, setEdited] = useState<number | null>(null);
  const { classes } = map;
  const change = (next: KeywordClass[]): void => {
    setEdited(null);
    onMap({ ...map, classes: next });
  };
  const swap = (at: number): void => change(classes.with(at, classes[at + 1]).with(at + 1, classes[at]));
  return (
    <>
      <ScrollTable label="Classes and their keywords">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className={css.number}>
              Titles
            </th>
            <th scope="col" className={css.wide}>
              Keywords
            </th>
            <th scope="col">
              <span className={css.actions}>Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {classes.map(({ name, keywords }, at) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={css.number}>{formatCount(titles[at])}</td>
              <td className={css.wide}>
                <span className={css.keywords}>{keywords.join(', ')}</span>
              </td>
              <td>
                <span className={css.actions}>
                  <Tool
                    name={`Move ${name} up`}
                    icon={ArrowUp}
                    disabled={disabled || at === 0}
                    onClick={() => swap(at - 1)}
                  />
                  <Tool
                    name={`Move ${name} down`}
                    icon={ArrowDown}
                    disabled={disabled || at === classes.length - 1}
                    onClick={() => swap(at)}
                  />
                  <Tool name={`Edit ${name}`} icon={Pencil} disabled={disabled} onClick={() => setEdited(at)} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      <div className={css.row}>
        <Button
          variant="default"
          leftSection={<Plus size={16} aria-hidden />}
          disabled={disabled}
          onClick={() => setEdited(classes.length)}
        >
          Add a class
        </Button>
      </div>
      {edited !== null && (
        <ClassEditor
          key={edited}
          value={classes[edited] ?? newClass}
          taken={classes.flatMap(({ name }, at) => (at === edited ? [] : [name]))}
          onClose={() => setEdited(null)}
          onSave={(next) => change(edited < classes.length ? classes.with(edited, next) : [...classes, next])}
          onRemove={classes.length > 2 && edited < classes.length ? () => change(classes.toSpliced(edited, 1)) : null}
        />
      )}
    </>
  );
}

interface ToolProps {
  name: string;
  icon: typeof Pencil;
  disabled: boolean;
  onClick: () => void;
}

function Tool({ name, icon: Icon, disabled, onClick }: ToolProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={name} title={name} disabled={disabled} onClick={onClick}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}

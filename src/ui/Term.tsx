import { Tooltip } from '@mantine/core';
import classes from './Term.module.css';

/** A term of the field, explained on hover, focus and touch. */
export function Term({ name, help }: { name: string; help: string }) {
  return (
    <Tooltip label={help} multiline maw={320} withArrow events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.term}>
        {name}
      </button>
    </Tooltip>
  );
}

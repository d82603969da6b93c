import classes from './ProbabilityBar.module.css';

export interface ProbabilityBarProps {
  /** 0 to 1; null draws the empty track. */
  probability: number | null;
  /** Where the tick stands. */
  threshold: number;
  colour: string;
}

/**
 * A probability as a bar against its threshold's tick: full colour when it holds, pale when it does not. Decorative: the figures
 * stand beside it as text. Fills the width it is given, 16 px high.
 */
export function ProbabilityBar({ probability, threshold, colour }: ProbabilityBarProps) {
  const holds = probability !== null && probability >= threshold;
  return (
    <div className={classes.bar} aria-hidden="true">
      <div className={classes.track} />
      <div
        className={holds ? classes.fill : `${classes.fill} ${classes.below}`}
        style={{ clipPath: `inset(0 ${100 - 100 * (probability ?? 0)}% 0 0 round 4px)`, background: colour }}
      />
      <div className={classes.tick} style={{ left: `${100 * threshold}%` }} />
    </div>
  );
}

// A rate with a burst of one second: a bucket that fills as time goes by.

/** Takes `amount`, and says whether there was that much left. */
export type Allowance = (amount: number) => boolean;

export function newAllowance(perSecond: number, now: () => number = performance.now.bind(performance)): Allowance {
  let left = perSecond;
  let since = now();
  return (amount) => {
    const moment = now();
    left = Math.min(perSecond, left + ((moment - since) / 1000) * perSecond);
    since = moment;
    left -= amount;
    return left >= 0;
  };
}

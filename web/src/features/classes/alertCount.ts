/** Data of the `alerts` news. */
export interface AlertCount {
  notice: number;
  urgent: number;
}

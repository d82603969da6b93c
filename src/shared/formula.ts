/** What a spreadsheet program takes for a formula (OWASP, CSV injection), full-width forms included. */
const formulaStart = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Whether a spreadsheet program would run this cell. */
export function isFormula(cell: string): boolean {
  return formulaStart.test(cell);
}

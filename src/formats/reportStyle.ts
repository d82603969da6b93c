/** Style of the printed report: light whatever the system says, A4 or letter, tables and charts never cut in two. */
export const reportStyle = `
:root { color-scheme: light; }
body { max-width: 760px; margin: 32px auto; padding: 0 16px; background: #fff; color: #16191d; font: 14px/20px system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 32px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 24px; margin: 28px 0 8px; border-bottom: 1px solid #c9ced6; break-after: avoid; }
h3 { font-size: 15px; margin: 16px 0 4px; break-after: avoid; }
.lead { color: #4a525c; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 3px 10px 3px 0; border-bottom: 1px solid #e2e5ea; overflow-wrap: break-word; }
thead { display: table-header-group; }
tr, figure, li { break-inside: avoid; }
.charts { display: flex; flex-wrap: wrap; gap: 8px 16px; }
figure { margin: 0; width: 330px; max-width: 100%; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; font: 10.5px system-ui, sans-serif; }
svg text { fill: #4a525c; }
svg polyline { fill: none; stroke-width: 1.8; }
svg .grid { stroke: #dfe3e8; }
svg .name { font-weight: 600; fill: #16191d; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
@page { margin: 16mm; }
`;

// Writes workbooks with SheetJS or exceljs: node write.js JOBS, where JOBS is a file of JSON.
// A job: {writer, path, title, rows}; a cell is null, text, {number, format} or {day, format}.
"use strict";
const fs = require("fs");
const SheetJS = require("xlsx");
const ExcelJS = require("exceljs");

const DAY = 24 * 60 * 60 * 1000;
const FIRST = Date.UTC(1899, 11, 30);

function serial(day) {
  return (Date.parse(day + "T00:00:00Z") - FIRST) / DAY;
}

// In .ods SheetJS shows a day as one only where it is given as a date.
function sheetJS(job) {
  const sheet = {};
  let width = 0;
  job.rows.forEach((cells, row) => {
    width = Math.max(width, cells.length);
    cells.forEach((cell, column) => {
      if (cell === null) return;
      const at = SheetJS.utils.encode_cell({ r: row, c: column });
      if (typeof cell === "string") sheet[at] = { t: "s", v: cell };
      else if ("day" in cell && job.path.endsWith(".ods")) sheet[at] = { t: "d", v: new Date(cell.day + "T00:00:00Z") };
      else if ("day" in cell) sheet[at] = { t: "n", v: serial(cell.day), z: cell.format };
      else sheet[at] = { t: "n", v: cell.number, z: cell.format };
    });
  });
  sheet["!ref"] = SheetJS.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: job.rows.length - 1, c: width - 1 } });
  const book = SheetJS.utils.book_new();
  SheetJS.utils.book_append_sheet(book, sheet, job.title);
  SheetJS.writeFile(book, job.path, { bookSST: job.rows.length % 2 === 0 });
}

async function excelJS(job) {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(job.title);
  job.rows.forEach((cells, row) => {
    cells.forEach((cell, column) => {
      if (cell === null) return;
      const written = sheet.getCell(row + 1, column + 1);
      if (typeof cell === "string") written.value = cell;
      else if ("day" in cell) written.value = new Date(cell.day + "T00:00:00Z");
      else written.value = cell.number;
      if (cell.format) written.numFmt = cell.format;
    });
  });
  await book.xlsx.writeFile(job.path);
}

async function main() {
  const jobs = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
  for (const job of jobs) {
    if (job.writer === "SheetJS") sheetJS(job);
    else await excelJS(job);
  }
}

main();

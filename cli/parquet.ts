import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { TableRow } from "./longTable";

/** Rows that are held before they are written: some megabytes. */
const GROUP = 65_536;
const texts = ["kind", "item", "metric", "class"] as const;

const columnsOf = (rows: readonly TableRow[]) => [
  ...texts.map((name) => ({ name, data: rows.map((row) => row[name]), type: "STRING" as const, nullable: false })),
  { name: "value", data: rows.map(({ value }) => value ?? null), type: "DOUBLE" as const, nullable: true },
];

/** A Parquet file, written a group of rows at a time, so that it may be longer than memory. */
export function openParquet(path: string): { write: (row: TableRow) => void; close: () => void } {
  mkdirSync(dirname(path), { recursive: true });
  const schema = schemaFromColumnData({ columnData: columnsOf([]) }),
    writer = new ParquetWriter({ writer: fileWriter(path), schema });
  let rows: TableRow[] = [];
  const flush = () => {
    if (rows.length > 0) writer.write({ columnData: columnsOf(rows), rowGroupSize: GROUP });
    rows = [];
  };
  return {
    write(row) {
      if (rows.push(row) === GROUP) flush();
    },
    close() {
      flush();
      writer.finish();
    },
  };
}

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { usualScene } from "../link.js";
import { setOwn } from "../scenes.js";
import { openScene, problem, viewed } from "../state.js";
import type { Composed } from "./compose.js";
import type { FileAnswer, FileQuestion } from "./files.js";
import { type Role, roles } from "./layers.js";

type Names = Readonly<Partial<Record<Role, string>>>;
/** Of the files that are here, and of those that are being read. */
const chosen = signal<Names>({});
const reading = signal<Names>({});
const composed = signal<Composed | null>(null);
const dragging = signal(false);
const names = Object.keys(roles) as Role[];
const endings = ".png,.tif,.tiff,.npy,.npz,.nii,.gz,.nrrd,.mha,.dcm";
const without = (all: Names, role: Role): Names => {
  const { [role]: _, ...others } = all;
  return others;
};

let worker: Worker | undefined,
  count = 0;
function ask(question: Omit<FileQuestion, "id">): Promise<Composed | null> {
  worker ??= new Worker(new URL("files.js", document.baseURI), { type: "module" });
  const asked = worker,
    id = ++count;
  return new Promise((resolve, reject) => {
    const end = new AbortController(),
      on = { signal: end.signal };
    const take = ({ data }: MessageEvent<FileAnswer>) => {
      if (data.id !== id) return;
      end.abort();
      if (data.error === undefined) resolve(data.composed ?? null);
      else reject(new Error(data.error));
    };
    const fail = () => {
      end.abort();
      worker = undefined;
      chosen.value = {};
      reject(new Error("what reads files did not load or ran out of memory; choose the files again"));
    };
    asked.addEventListener("message", take, on);
    asked.addEventListener("error", fail, on);
    asked.postMessage({ id, ...question } satisfies FileQuestion);
  });
}

/** Shows what the files make, or says why they make nothing; whether they do. */
async function put(question: Omit<FileQuestion, "id">): Promise<boolean> {
  try {
    const made = await ask(question);
    composed.value = made;
    setOwn(made?.scene);
    if (made || viewed.scene.peek() === "own") openScene(made ? "own" : usualScene);
    problem.value = null;
    return true;
  } catch (error) {
    problem.value = (error as Error).message;
    return false;
  }
}

async function take(role: Role, files: FileList | null | undefined): Promise<void> {
  const [file, ...others] = files ?? [];
  if (!file) return;
  if (others.length > 0) {
    problem.value = `${others.length + 1} files came as ${role}; one is one picture`;
    return;
  }
  reading.value = { ...reading.peek(), [role]: file.name };
  if (await put({ role, file })) chosen.value = { ...chosen.peek(), [role]: file.name };
  reading.value = without(reading.peek(), role);
}

async function remove(role: Role): Promise<void> {
  if (await put({ role, file: null })) chosen.value = without(chosen.peek(), role);
}

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** The three places, when a file hovers over the page. */
export function Drop() {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      dragging.value = true;
    };
    const end = (event: DragEvent) => {
      if (event.type === "dragleave" && event.relatedTarget !== null) return;
      if (event.type === "drop" && hasFiles(event)) {
        event.preventDefault();
        if (!(event.target as Element).closest("[data-role]"))
          problem.value = "the file fell beside the places: let it fall on truth, prediction or image";
      }
      dragging.value = false;
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", end);
    addEventListener("drop", end);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", end);
      removeEventListener("drop", end);
    };
  }, []);
  if (!dragging.value) return null;
  return (
    <div class="drop">
      {names.map((role) => (
        <fieldset
          key={role}
          aria-label={role}
          data-role={role}
          onDrop={({ dataTransfer }) => void take(role, dataTransfer?.files)}
        >
          <b>{role}</b>
          {roles[role]}
        </fieldset>
      ))}
      <p>Nothing is uploaded.</p>
    </div>
  );
}

/** The visitor's own picture, of up to three files. */
export function Own() {
  const made = viewed.scene.value === "own" ? composed.value : null;
  return (
    <section class="own">
      <h2>Own files</h2>
      {names.map((role) => {
        const name = chosen.value[role],
          coming = reading.value[role];
        return (
          <div class="file" key={role}>
            <label title={roles[role]}>
              <span>{role}</span>
              <input
                type="file"
                accept={endings}
                data-role={role}
                aria-label={`File of the ${role}: ${name ?? "none"}`}
                onChange={({ currentTarget }) => {
                  void take(role, currentTarget.files).then(() => {
                    currentTarget.value = "";
                  });
                }}
              />
              <span class="chosen" role="status">
                {coming ? `reading ${coming} …` : (name ?? "choose, or drop")}
              </span>
            </label>
            {name && (
              <button type="button" aria-label={`Remove ${name}`} onClick={() => void remove(role)}>
                ×
              </button>
            )}
          </div>
        );
      })}
      {made && made.depth > 1 && (
        <label class="slider">
          <span>Slice</span>
          <input
            type="range"
            min={0}
            max={made.depth - 1}
            value={made.slice}
            onInput={({ currentTarget }) => void put({ slice: Number(currentTarget.value) })}
          />
          <output>
            {made.slice} of {made.depth}
          </output>
        </label>
      )}
      {made && (
        <ul class="notes">
          {made.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {composed.value && !made && (
        <button type="button" onClick={() => openScene("own")}>
          Show them again
        </button>
      )}
      <p class="hint">
        PNG, TIFF, NumPy, NIfTI, NRRD, MetaImage or DICOM segmentations. Nothing is uploaded: this page reads the files
        where they are.
      </p>
    </section>
  );
}

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { setOwn } from "../scenes.js";
import { openScene, problem, viewed } from "../state.js";
import { type Composed, compose, type Parts } from "./compose.js";
import { type Read, type Role, roles } from "./layers.js";

const parts = signal<Parts>({});
const composed = signal<Composed | null>(null);
const dragging = signal(false);
const names = Object.keys(roles) as Role[];
const endings = ".png,.tif,.tiff,.npy,.npz,.nii,.gz,.nrrd,.mha,.dcm";

let worker: Worker | undefined,
  count = 0;
function read(file: File): Promise<Read> {
  worker ??= new Worker(new URL("files.js", document.baseURI), { type: "module" });
  const reading = worker,
    id = ++count;
  return new Promise((resolve, reject) => {
    const take = ({ data }: MessageEvent<{ id: number; answer?: Read; error?: string }>) => {
      if (data.id !== id) return;
      reading.removeEventListener("message", take);
      if (data.answer) resolve(data.answer);
      else reject(new Error(data.error));
    };
    reading.addEventListener("message", take);
    reading.postMessage({ id, file });
  });
}

function put(next: Parts, slice?: number): void {
  const made = compose(next, slice);
  parts.value = next;
  composed.value = made;
  problem.value = null;
  setOwn(made.scene);
  openScene("own");
}

async function take(role: Role, files: FileList | null | undefined): Promise<void> {
  const [file, ...others] = files ?? [];
  if (!file) return;
  try {
    if (others.length > 0) throw new Error(`${others.length + 1} files came as ${role}; one is one picture`);
    put({ ...parts.value, [role]: await read(file) });
  } catch (error) {
    problem.value = (error as Error).message;
  }
}

function remove(role: Role): void {
  const { [role]: _, ...others } = parts.value;
  parts.value = others;
  if (Object.keys(others).length > 0) put(others);
  else composed.value = null;
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
      if (event.type === "drop" && hasFiles(event)) event.preventDefault();
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
        const part = parts.value[role];
        return (
          <div class="file" key={role}>
            <label title={roles[role]}>
              <span>{role}</span>
              <input
                type="file"
                accept={endings}
                data-role={role}
                aria-label={`File of the ${role}: ${part?.name ?? "none"}`}
                onChange={({ currentTarget }) => {
                  void take(role, currentTarget.files).then(() => {
                    currentTarget.value = "";
                  });
                }}
              />
              <span class="chosen">{part?.name ?? "choose, or drop"}</span>
            </label>
            {part && (
              <button type="button" aria-label={`Remove ${part.name}`} onClick={() => remove(role)}>
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
            onInput={({ currentTarget }) => put(parts.value, Number(currentTarget.value))}
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
      {Object.keys(parts.value).length > 0 && !made && (
        <button type="button" onClick={() => put(parts.value)}>
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

/** files lists what was dropped, folders walked through; each with its path inside them. */
export async function files(items: DataTransferItemList): Promise<{ file: File; name: string }[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  const out: { file: File; name: string }[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (out.length >= 1_000) return;
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      });
      // What file managers leave behind is no data.
      if (!file.name.startsWith('.') && !file.name.startsWith('~$'))
        out.push({ file, name: entry.fullPath.replace(/^\//, '') });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A reader gives at most a hundred entries at a time.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
        reader.readEntries(resolve, reject);
      });
      if (some.length === 0) return;
      for (const one of some) await walk(one);
    }
  };
  for (const entry of entries) await walk(entry);
  return out;
}

import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../contract/settings';
import { agreed } from './guard';

const now: Settings = {
  ...DEFAULT_SETTINGS,
  editorCommand: 'vi {file}',
  sourceMappings: [{ from: '/build', to: '/home/me' }],
};

/** Answers, and what was asked. */
async function put(patch: Partial<Settings>, answer: boolean | ((question: string) => boolean)) {
  const asked: string[] = [];
  const kept = await agreed(patch, now, (question) => {
    asked.push(question);
    return Promise.resolve(typeof answer === 'boolean' ? answer : answer(question));
  });
  return { kept, asked };
}

test('E3.3: what stays within the app is not asked about', async () => {
  const patch: Partial<Settings> = { theme: 'dark', memoryMb: null, editor: 'custom', showHints: false };
  expect(await put(patch, false)).toEqual({ kept: patch, asked: [] });
});

test('E3.3: a folder that is read is agreed to once; without it only that mapping is left out', async () => {
  const [home, etc, also] = [
    { from: '/b', to: '/home/me' },
    { from: '/build', to: '/etc' },
    { from: '/c', to: '/etc' },
  ];
  const no = await put({ sourceMappings: [home, etc, also] }, false);
  expect(no.kept).toEqual({ sourceMappings: [home] });
  expect(no.asked).toEqual(['Let Tracewell read source files below /etc and show them?']);
  const some = await put({ sourceMappings: [etc, { from: '/d', to: '/' }] }, (q) => q.includes('/etc'));
  expect(some.kept).toEqual({ sourceMappings: [etc] });
  expect((await put({ sourceMappings: [] }, false)).kept).toEqual({ sourceMappings: [] });
});

test('E3.3: a program that is started is agreed to', async () => {
  expect(await put({ editorCommand: 'rm -rf ~', theme: 'light' }, false)).toEqual({
    kept: { theme: 'light' },
    asked: ['Start “rm -rf ~” when a place in the source is opened?'],
  });
  expect((await put({ editorCommand: 'code {file}' }, true)).kept).toEqual({ editorCommand: 'code {file}' });
  for (const editorCommand of ['vi {file}', ' '])
    expect(await put({ editorCommand }, false)).toEqual({ kept: { editorCommand }, asked: [] });
});

test('E3.3: a question shows what is asked for and nothing that only looks like it', async () => {
  const { asked } = await put({ editorCommand: `vi\u202e\n${'x'.repeat(1000)}` }, false);
  expect(asked[0]).toMatch(/^Start “vix+” when a place in the source is opened\?$/);
  expect(asked[0]!.length).toBeLessThan(360);
});

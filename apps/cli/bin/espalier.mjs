#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11) || major > 22) {
  console.error(
    `espalier needs Node 20.11 or newer, up to Node 22, but this is Node ${process.versions.node}: its TensorFlow binding works there only.`,
  );
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
await import('../src/main.ts');

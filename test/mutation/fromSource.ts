// Read by test/engine/engine.ts.
process.env.NODE_FROM_SOURCE = '1';

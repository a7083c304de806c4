export { makeGeminiAuthor } from './gemini/gemini-author.js';
export { makeOfflineAuthor } from './offline/offline-author.js';

/**
 * What the scripts of all pages begin with. Scripts put text into the page as text only, and hold no text themselves.
 */
export const browserScript = `'use strict';
const part = (id) => document.getElementById(id);
const say = (name) => {
  const text = name && (part('say-' + name) || part('say-other'));
  part('message').textContent = text ? text.textContent : '';
};
const show = (id) => {
  for (const each of document.querySelectorAll('[data-part]')) each.hidden = each.id !== id;
  const input = part(id).querySelector('input:not([readonly])');
  if (input) input.focus();
};
const ask = async (path, body) => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
};
const onSubmit = (id, work) => part(id).addEventListener('submit', async (event) => {
  event.preventDefault();
  const buttons = part(id).querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  say('');
  try { await work(event.submitter); } catch (problem) { say(problem && problem.code || 'other'); }
  for (const button of buttons) button.disabled = false;
});
const language = document.documentElement.lang;
`;

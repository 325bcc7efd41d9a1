/** Which side of a conversation with a machine a role (or, without one, a speaker) stands for. */
export function sideOf(role: string): 'user' | 'assistant' | undefined {
  const name = role.trim().toLowerCase();
  if (/^(?:user|human|person|customer)$/.test(name)) return 'user';
  if (/^(?:assistant|ai|agent|bot|chatbot|model)$/.test(name)) return 'assistant';
  return undefined;
}

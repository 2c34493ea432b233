// The tree that feelin's parser makes of a text.
import type { parseExpression } from 'feelin';

export type TreeNode = ReturnType<typeof parseExpression>['topNode'];

export function childrenOf(node: TreeNode): TreeNode[] {
  const children: TreeNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

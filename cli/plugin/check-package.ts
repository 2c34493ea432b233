// Whether a package of a plugin is fit to be published. What npm packed is looked at, as `arbiter plugin install` will, and not the
// folder that it was packed from.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { ConformanceLevel } from '../../contracts/generated/certificate.v1.ts';
import type { CertificateRecord } from '../../contracts/generated/ledger.v1.ts';
import { levelAt } from '../../kernel/loader/check-certificate.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import type { LoadedPlugin } from '../../kernel/loader/plugin.ts';
import type { Trust } from '../../kernel/loader/trust.ts';

export interface Demands {
  /** The least that its certificate has to say. */
  readonly level: ConformanceLevel;
  /** Whose certificates count. */
  readonly trust: Trust;
  readonly now: Date;
}

export interface CheckedPackage {
  readonly name: string;
  readonly certificate: CertificateRecord;
}

interface Described {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What npm runs by itself on a machine that installs a package. */
const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** `packed` is the unpacked package of `plugin`. Throws PACKAGE_NOT_PUBLISHED. */
export function checkPackage(packed: string, plugin: LoadedPlugin, { level, trust, now }: Demands): CheckedPackage {
  const { folder, spec } = plugin;
  const refuse = (detail: string, hint: string) => fault('PACKAGE_NOT_PUBLISHED', { folder, level, detail, hint });
  const { name, certification } = asPacked();
  const certified = levelAt(certification, now.toISOString());
  if ('because' in certified) throw refuse(certified.because, `arbiter plugin certify ${folder} --level ${level}`);
  if (certified.level < level)
    throw refuse(`it is certified at ${certified.level}`, `arbiter plugin certify ${folder} --level ${level}`);
  return { name, certificate: certified.record };

  function asPacked(): { name: string; certification: LoadedPlugin['certification'] } {
    const described = describedIn(packed);
    const hint = 'Correct package.json.';
    if (described.private) throw refuse('its package.json says that it is private', hint);
    if (described.version !== spec.version)
      throw refuse(`package.json says ${described.version}, the spec ${spec.version}`, `arbiter plugin sync ${folder}`);
    const script = atInstall.find((one) => described.scripts?.[one]);
    if (script)
      throw refuse(`its package.json has a script ${script}`, 'Take it out: nobody expects a plugin to run then.');
    if (existsSync(join(packed, 'binding.gyp'))) throw refuse('npm would compile its binding.gyp', 'Leave it out.');
    try {
      const { digest, certification } = loadPlugin(packed, null, null, trust);
      if (digest === plugin.digest) return { name: described.name ?? '', certification };
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      const missing = error.code === 'PLUGIN_FILE_MISSING' ? 'Name the file in `files` of package.json.' : error.remedy;
      throw refuse(`its package does not load: ${error.message.replace(packed, 'package')}`, missing);
    }
    throw refuse('its package has another manifest.json than its folder', hint);
  }
}

function describedIn(packed: string): Described {
  return JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
}

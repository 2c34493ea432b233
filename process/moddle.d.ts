// The parts of the moddle readers that are used here; the packages bring no complete types of their own.
declare module 'dmn-moddle' {
  // biome-ignore lint/suspicious/noExplicitAny: a moddle element holds whatever its XML holds
  export type ModdleElement = { $type: string; id: string } & Record<string, any>;
  export class DmnModdle {
    constructor(packages?: Record<string, object>);
    fromXML(
      xml: string,
      type: string,
    ): Promise<{
      rootElement: ModdleElement;
      warnings: { message: string; element?: ModdleElement }[];
    }>;
  }
}
declare module 'bpmn-moddle' {
  // biome-ignore lint/suspicious/noExplicitAny: a moddle element holds whatever its XML holds
  export type ModdleElement = { $type: string; id: string } & Record<string, any>;
  export class BpmnModdle {
    constructor(packages?: Record<string, object>);
    fromXML(xml: string, type: string): Promise<{ rootElement: ModdleElement; warnings: { message: string }[] }>;
  }
}

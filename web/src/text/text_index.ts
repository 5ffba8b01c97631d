// Which text node stands for which stretch of the text.
export declare class TextIndex {}

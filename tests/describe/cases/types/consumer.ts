import type { Same } from './same.ts';
import { Color, type Containers, type Level, type Mixed, type Page, type Point } from './types.ts';

true satisfies Same<Color, 'red' | 'deep-blue'>;
true satisfies Same<typeof Color.DEEP_BLUE, 'deep-blue'>;
true satisfies Same<Level, 1 | 2>;
true satisfies Same<Mixed, 'text' | number>;
true satisfies Same<Point, [number, number]>;
true satisfies Same<Containers['by_color'], { red?: number; 'deep-blue'?: number }>;
true satisfies Same<Containers['choice'], 'a' | 1 | true | null>;
true satisfies Same<Containers['either'], number | string | null>;
true satisfies Same<Page<Color>['items'], Color[]>;

// The page of a class, `/classes/{id}`.

import { ClassPage } from './class/class_page.tsx';
import { openPage } from './site/open_page.tsx';

openPage(ClassPage);

import { useEffect } from 'react';

const scrolls = '.ant-table-content, .ant-table-body';

/** useScrollableByKey lets the keyboard reach the boxes that tables scroll in; Ant Design leaves them to the mouse. */
export function useScrollableByKey() {
  useEffect(() => {
    const mark = () => {
      // The hidden row that measures columns holds a copy of the header's checkbox.
      for (const copy of document.querySelectorAll<HTMLElement>('.ant-table-measure-row input')) copy.tabIndex = -1;
      for (const box of document.querySelectorAll<HTMLElement>(scrolls)) {
        const scrolling = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
        if (scrolling && box.tabIndex < 0) box.tabIndex = 0;
        else if (!scrolling && box.tabIndex === 0) box.removeAttribute('tabindex');
      }
    };
    let timer = 0;
    const later = () => {
      clearTimeout(timer);
      timer = window.setTimeout(mark, 150);
    };
    const seen = new MutationObserver(later);
    seen.observe(document.body, { childList: true, subtree: true });
    addEventListener('resize', later);
    return () => {
      clearTimeout(timer);
      seen.disconnect();
      removeEventListener('resize', later);
    };
  }, []);
}
